using System.Runtime.CompilerServices;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Tells callers of a store that does not answer, whatever exceptions it has for that.</summary>
/// <remarks>Damage is not that: no retry helps. It comes through as it is.</remarks>
internal static class StoreCalls
{
    /// <exception cref="StoreUnavailableException">The call failed. Nothing was changed.</exception>
    public static async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw OfRead(exception);
        }
    }

    /// <exception cref="StoreUnavailableException">The call failed. Nothing was changed.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        IAsyncEnumerable<T> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var enumerator = rows.GetAsyncEnumerator(cancellationToken);
        while (await ReadAsync(enumerator.MoveNextAsync, cancellationToken)) yield return enumerator.Current;
    }

    /// <exception cref="StoreUnavailableException">The call failed. Nobody knows whether it was done.</exception>
    public static async ValueTask<T> ChangeAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw OfChange(exception);
        }
    }

    /// <exception cref="StoreUnavailableException">The call failed. Nobody knows whether it was done.</exception>
    public static async ValueTask ChangeAsync(Func<ValueTask> call, CancellationToken cancellationToken)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (IsAway(exception, cancellationToken))
        {
            throw OfChange(exception);
        }
    }

    private static bool IsAway(Exception exception, CancellationToken cancellationToken) =>
        exception is not (VectorDatabaseException or DamageException)
        && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static StoreUnavailableException OfRead(Exception exception) =>
        new($"The store does not answer: {exception.Message}", exception);

    private static StoreUnavailableException OfChange(Exception exception) =>
        new($"The store does not answer; the change may or may not have been made: {exception.Message}", exception);
}
