using System.Text.RegularExpressions;

namespace VectorCluster.Storage.Tests.Owners;

/// <summary>One of the processes that take turns at a shard; started again after every kill, under a new
/// name.</summary>
internal sealed partial class Player(string folder, string name, Random random, params string[] store)
    : IAsyncDisposable
{
    private readonly List<string> _histories = [];
    private OwnerProcess? _process;

    public IReadOnlyList<string> Histories => _histories;

    /// <summary>Whether its last work was taken by the store at all; else it should open the shard again.</summary>
    public bool IsOwner { get; private set; }

    public int Openings { get; private set; }

    /// <summary>Of all its work.</summary>
    public Tally Total { get; private set; }

    /// <summary>Answers that a command failed.</summary>
    public List<string> Failures { get; } = [];

    public async Task OpenAsync()
    {
        var answer = await SendAsync("open");
        IsOwner = answer.StartsWith("opened", StringComparison.Ordinal);
        if (IsOwner) Openings++;
    }

    public async Task WorkAsync(int operations)
    {
        var answer = await SendAsync($"work {operations}");
        var numbers = Numbers().Matches(answer).Select(number => int.Parse(number.ValueSpan)).ToArray();
        if (numbers.Length != 4) return; // it is not open
        var tally = new Tally(numbers[0], numbers[1], numbers[2], numbers[3]);
        Total += tally;
        IsOwner = tally.Ok > 0 || tally.Rejected == 0;
    }

    public async Task CloseAsync()
    {
        IsOwner = false;
        await SendAsync("close");
    }

    public async Task KillDuringAsync(string command, int historyBytes)
    {
        IsOwner = false;
        await Process().KillDuringAsync(command, historyBytes);
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    [GeneratedRegex("(?<==)[0-9]+")]
    private static partial Regex Numbers();

    private OwnerProcess Process()
    {
        if (_process is not null) return _process;
        _process = OwnerProcess.Start(folder, $"{name}{_histories.Count}", random.Next(), store);
        _histories.Add(_process.History);
        return _process;
    }

    private async Task<string> SendAsync(string command)
    {
        var answer = await Process().SendAsync(command);
        if (answer.StartsWith("failed", StringComparison.Ordinal)) Failures.Add($"{command}: {answer}");
        return answer;
    }
}

/// <summary>What became of the work of owners.</summary>
/// <param name="Reads">Those that count.</param>
internal readonly record struct Tally(int Ok, int Unknown, int Rejected, int Reads)
{
    public static Tally operator +(Tally a, Tally b) =>
        new(a.Ok + b.Ok, a.Unknown + b.Unknown, a.Rejected + b.Rejected, a.Reads + b.Reads);
}
