using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace VectorCluster.Grains.Loads;

/// <summary>Calls <see cref="ISiloService"/> of a silo.</summary>
public sealed class SiloServices(IServiceProvider services) : GrainServiceClient<ISiloService>(services)
{
    public ISiloService Of(SiloAddress silo) => GetGrainService(silo);
}
