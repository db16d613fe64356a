using Orleans;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace VectorCluster.Grains.Balancing;

/// <inheritdoc cref="IRehearsalGrain"/>
[Immovable]
[RandomPlacement] // goes by hints where there are any
public sealed class RehearsalGrain(ILocalSiloDetails self) : Grain, IRehearsalGrain
{
    public Task GoAsync(SiloAddress to)
    {
        GrainContext.Migrate(new() { [IPlacementDirector.PlacementHintKey] = to });
        return Task.CompletedTask;
    }

    public Task<SiloAddress> EndAsync()
    {
        DeactivateOnIdle();
        return Task.FromResult(self.SiloAddress);
    }
}
