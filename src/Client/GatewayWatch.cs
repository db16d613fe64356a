using Orleans;

namespace VectorCluster.Client;

/// <summary>Tells calls under way that a connection to a silo was lost: Orleans lets a client wait for answers that
/// were to come over it until their time is over.</summary>
internal sealed class GatewayWatch
{
    private TaskCompletionSource _next = NewLoss();

    /// <summary>Ends at the next loss. Whose call was on its way over that connection nobody says.</summary>
    public Task NextLoss => Volatile.Read(ref _next).Task;

    public void OnCountChanged(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
            Interlocked.Exchange(ref _next, NewLoss()).SetResult();
    }

    private static TaskCompletionSource NewLoss() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
