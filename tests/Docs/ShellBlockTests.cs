using VectorCluster.Docs.Tests.Documents;
using VectorCluster.Docs.Tests.Shell;
using VectorCluster.Tests.Postgres;
using Xunit.Abstractions;

namespace VectorCluster.Docs.Tests;

/// <summary>What the documents tell people to type, typed.</summary>
public sealed class ShellBlockTests(ITestOutputHelper output)
{
    private static bool HasNoPostgres => PostgresPrograms.Folder is null && PostgresServer.Named is not null;

    public static TheoryData<string> DocumentsThatRun =>
        [.. Markdown.Documents.Where(document => RunnableOf(document).Exists(block => !block.Has(Mark.CannotRun)))];

    // Goal: whoever types what a document says sees what it says. Method: all blocks of one document in one shell, in
    // order, against real servers that the document itself starts.
    [Theory]
    [MemberData(nameof(DocumentsThatRun))]
    public async Task Blocks_of_a_document_run_as_they_stand(string document)
    {
        var blocks = RunnableOf(document).Where(block => WhyNot(block) is null).ToList();
        var needsPostgres = blocks.Exists(ReadersMachine.NeedsPostgres);
        await using var machine = await ReadersMachine.CreateAsync(needsPostgres);
        foreach (var block in blocks) output.WriteLine($"runs: {block.Where}");

        var fault = await new DocumentRun(machine).RunAsync(blocks);

        Assert.True(fault is null, fault);
    }

    // Goal: what can't run here is known, and nothing else is left out. test.sh prints these lines and their number.
    [Fact]
    public void Blocks_that_can_not_run_here_say_what_they_need()
    {
        foreach (var block in Markdown.AllBlocks)
            if (WhyNot(block) is { } reason) output.WriteLine($"NOT run: {block.Where}: {reason}");

        Assert.All(
            Markdown.AllBlocks.SelectMany(block => block.All(Mark.CannotRun)),
            reason => Assert.True(reason.Length >= 10, "It does not say what it needs."));
    }

    // Goal: the runner itself tells a block that fails. Method: a document with one that does, among some that don't.
    [Theory]
    [InlineData("false", "")]
    [InlineData("no-such-program", "")]
    [InlineData("true | false | true", "")]
    [InlineData("echo something else", "<!-- test: prints this -->\n")]
    [InlineData("true", "<!-- test: exits with 3 -->\n")]
    [InlineData("exit 3", "<!-- test: server -->\n")]
    [InlineData("vectorcluster query --collection none --retry-for 0 --vector '[1]'", "")]
    public async Task A_block_that_does_not_do_what_the_document_says_is_told(string command, string mark)
    {
        var blocks = Markdown.Parse(
            "a.md", $"```bash\ntrue\n```\n{mark}```bash\n{command}\n```\n\n```bash\ntouch after\n```\n");
        await using var machine = await ReadersMachine.CreateAsync(withPostgres: false);

        var fault = await new DocumentRun(machine).RunAsync(blocks);

        Assert.NotNull(fault);
        Assert.StartsWith($"{blocks[1].Where} ", fault, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Join(machine.Folder, "after")));
    }

    private static List<CodeBlock> RunnableOf(string document) =>
        [.. Markdown.BlocksOf(document).Where(block => block.Language is "bash" or "sql" || block.Has(Mark.File))];

    /// <returns>Null: it runs.</returns>
    private static string? WhyNot(CodeBlock block)
    {
        if (block.One(Mark.CannotRun) is { } reason) return reason;
        if (block.Has(Mark.NeedsOrleans) && ReadersMachine.Silo is null) return "the silo was not built";
        return HasNoPostgres && ReadersMachine.NeedsPostgres(block)
            ? $"{PostgresServer.Variable} names a server, and this machine has none of its own"
            : null;
    }
}
