using System.Text.Json;

namespace VectorCluster.Tests.History;

/// <summary>Records what one process does, as lines of JSON in a file of its own.</summary>
/// <remarks>
/// A write is recorded before it is invoked and again when it has returned, and every line is handed to the operating
/// system at once: a process that is killed leaves its open writes behind as unknown ones. Safe for calls from several
/// threads.
/// </remarks>
public sealed class HistoryWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly string _process;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _last;

    /// <param name="path">Must not exist: a process that is started again gets a new file, or its numbers would
    /// repeat.</param>
    /// <param name="process">Name of the process, no other's.</param>
    public HistoryWriter(string path, string process, TimeProvider? time = null)
    {
        _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        (_process, _time) = (process, time ?? TimeProvider.System);
    }

    /// <summary>The clock of all timestamps here.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>To be called before the write is invoked.</summary>
    /// <returns>The write's number, for <see cref="End"/>.</returns>
    public long BeginWrite(string key, string value) => Begin(key, OperationKind.Write, value);

    /// <inheritdoc cref="BeginWrite"/>
    public long BeginDelete(string key) => Begin(key, OperationKind.Delete, value: null);

    /// <summary>To be called when the write or deletion has returned.</summary>
    public void End(long number, OperationOutcome outcome) =>
        Append(new() { Number = number, Process = _process, Outcome = outcome, Returned = Now });

    /// <summary>Records a read that counts. One that failed says nothing and is left out.</summary>
    /// <param name="value">Null: absent.</param>
    public void AddRead(string key, string? value, long invoked, long returned) => Append(new()
    {
        Process = _process,
        Key = key,
        Kind = OperationKind.Read,
        Value = value,
        Invoked = invoked,
        Returned = returned,
        Outcome = OperationOutcome.Ok,
    });

    public void Dispose() => _file.Dispose();

    private long Begin(string key, OperationKind kind, string? value)
    {
        var number = Interlocked.Increment(ref _last);
        Append(new()
        {
            Number = number,
            Process = _process,
            Key = key,
            Kind = kind,
            Value = value,
            Invoked = Now,
        });
        return number;
    }

    private void Append(HistoryLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, HistoryLine.Json), (byte)'\n'];
        lock (_gate) _file.Write(bytes);
    }
}
