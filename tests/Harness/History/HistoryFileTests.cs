using VectorCluster.Tests.History;

namespace VectorCluster.Harness.Tests.History;

public sealed class HistoryFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vectorcluster-history-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_of_several_processes_become_one_history()
    {
        var time = new CountingTime();
        using (var a = new HistoryWriter(PathOf("a"), "a", time))
        using (var b = new HistoryWriter(PathOf("b"), "b", time))
        {
            var write = a.BeginWrite("7", "größe \"1\"\n"); // 1
            var delete = b.BeginDelete("8"); // 2
            b.End(delete, OperationOutcome.Rejected); // 3
            a.End(write, OperationOutcome.Ok); // 4
            a.AddRead("8", null, invoked: 3, returned: 9);
        }

        var history = await HistoryReader.ReadAsync(PathOf("a"), PathOf("b"));

        Assert.Equal(
            [
                new("a", "7", OperationKind.Write, "größe \"1\"\n", 1, 4, OperationOutcome.Ok),
                new("b", "8", OperationKind.Delete, null, 2, 3, OperationOutcome.Rejected),
                new("a", "8", OperationKind.Read, null, 3, 9, OperationOutcome.Ok),
            ],
            history);
    }

    // Goal: what a killed process had under way is known. Method: the file as it is at that moment, torn as well.
    [Fact]
    public async Task A_write_without_an_end_is_unknown_and_a_torn_line_is_none()
    {
        using var writer = new HistoryWriter(PathOf("a"), "a", new CountingTime());
        writer.BeginWrite("7", "a:1");
        var whole = await File.ReadAllBytesAsync(PathOf("a"));
        writer.BeginDelete("7");
        var both = await File.ReadAllBytesAsync(PathOf("a"));
        for (var length = whole.Length; length < both.Length; length++)
        {
            await File.WriteAllBytesAsync(PathOf("torn"), both[..length]);
            Assert.Equal(
                [new("a", "7", OperationKind.Write, "a:1", 1, long.MaxValue, OperationOutcome.Unknown)],
                await HistoryReader.ReadAsync(PathOf("torn")));
        }

        Assert.Equal(2, (await HistoryReader.ReadAsync(PathOf("a"))).Count);
    }

    [Fact]
    public void A_file_is_never_continued()
    {
        new HistoryWriter(PathOf("a"), "a").Dispose();

        Assert.Throws<IOException>(() => new HistoryWriter(PathOf("a"), "a"));
    }

    private string PathOf(string process) => Path.Join(_folder, process + ".jsonl");

    /// <summary>1, 2, 3 …</summary>
    private sealed class CountingTime : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Increment(ref _now);
    }
}
