using System.Globalization;
using VectorCluster.Engine.Shards;
using VectorCluster.Tests.History;

namespace VectorCluster.Tests.Owner;

/// <summary>Carries out the commands: the shard, if it is open, and the history, which is one for the whole
/// process.</summary>
internal sealed class OwnerSession : IAsyncDisposable
{
    /// <summary>Small, so that checkpoints and trims come in the middle of everything.</summary>
    private static readonly ShardOptions Options =
        new() { CheckpointLogBytes = 4 * 1024, IdleCheckpointDelay = TimeSpan.FromMilliseconds(50) };

    private readonly OwnerArguments _arguments;
    private readonly HistoryWriter _history;
    private readonly OwnerWork _work;
    private readonly EngineThreads _threads = new(searchThreads: 1, buildThreads: 1);
    private OpenedStore? _store;
    private Shard? _shard;

    public OwnerSession(OwnerArguments arguments)
    {
        _arguments = arguments;
        _history = new(arguments.History, arguments.Name);
        _work = new(_history, arguments.Name, new(arguments.Seed));
    }

    /// <returns>The answer, one line.</returns>
    public async Task<string> RunAsync(string command)
    {
        try
        {
            var words = command.Split(' ');
            switch (words[0])
            {
                case "open":
                    return await OpenAsync();
                case "work" when _shard is null:
                    return "failed: the shard is not open";
                case "work":
                    return await _work.RunAsync(_shard, int.Parse(words[1], CultureInfo.InvariantCulture));
                case "close":
                    await CloseAsync();
                    return "closed";
                case "exit":
                    return "bye";
                default:
                    return $"failed: unknown command {command}";
            }
        }
        catch (Exception exception)
        {
            return $"failed {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
        }
    }

    public ValueTask DisposeAsync()
    {
        // The shard is left as it is: an end without closing is one of the things to test.
        _history.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> OpenAsync()
    {
        try
        {
            await CloseAsync();
        }
        catch (Exception)
        {
            // A shard that was deposed, or whose store is away, has no clean end.
        }

        var began = _history.Now;
        _store = await OpenedStore.OpenAsync(_arguments);
        try
        {
            _shard = await Shard.OpenAsync(
                new(_arguments.Collection, "", 0), OwnerWork.Settings, _store.Shards, _threads, Options);
        }
        catch
        {
            await CloseAsync();
            throw;
        }

        await _work.ReadOpenedAsync(_shard, began);
        return string.Create(CultureInfo.InvariantCulture, $"opened {_shard.Epoch}");
    }

    private async Task CloseAsync()
    {
        var (shard, store) = (_shard, _store);
        (_shard, _store) = (null, null);
        try
        {
            if (shard is not null) await shard.DisposeAsync();
        }
        finally
        {
            if (store is not null) await store.DisposeAsync();
        }
    }
}
