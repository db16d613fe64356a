using System.Text.Json;
using VectorCluster.Docs.Tests.Documents;
using VectorCluster.Repository.Tests;

namespace VectorCluster.Docs.Tests;

/// <summary>Every block of the documents is of a kind that some test knows what to do with.</summary>
public sealed class BlockRulesTests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>By the fence's language, who looks at such blocks. `text` shows what something prints, or a
    /// picture.</summary>
    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        ["bash"] = "tests/Docs/ShellBlockTests.cs",
        ["sql"] = "tests/Docs/ShellBlockTests.cs",
        ["json"] = "tests/Docs/BlockRulesTests.cs",
        ["csharp"] = "tests/Docs/BlockRulesTests.cs",
        ["yaml"] = "tests/Deploy/documents.test.mjs",
        ["text"] = "nobody",
    };

    [Fact]
    public void Every_block_is_of_a_kind_that_a_test_knows()
    {
        Assert.Contains("README.md", Markdown.Documents);
        Assert.Contains("docs/guides/install.md", Markdown.Documents);
        foreach (var block in Markdown.AllBlocks)
        {
            Assert.True(
                Languages.ContainsKey(block.Language),
                $"{block.Where} is a block of '{block.Language}'; there are {string.Join(", ", Languages.Keys)}.");
            var allowed = block.Language switch
            {
                "bash" => [Mark.CannotRun, Mark.NeedsOrleans, Mark.Server, Mark.Stopped, Mark.Exits, Mark.Prints],
                "sql" => [Mark.CannotRun, Mark.NeedsOrleans],
                "csharp" => [Mark.SameAs],
                _ => (string[])[Mark.File],
            };
            Assert.All(block.Marks, mark => Assert.True(
                allowed.Contains(mark.Word), $"{block.Where}: '{mark.Word}' says nothing about a block of {block.Language}."));
        }

        Assert.All(Languages.Values.Where(file => file != "nobody"), file => Assert.Contains(file, Checkout.Files));
    }

    [Fact]
    public void Json_can_be_read()
    {
        foreach (var block in Markdown.AllBlocks.Where(block => block.Language == "json"))
        {
            var fault = Record.Exception(() => JsonDocument.Parse(block.Text, Strict).Dispose());
            Assert.True(fault is null, $"{block.Where}: {fault?.Message}");
        }
    }

    // Goal: the documents' C# compiles and runs. Method: the lines of each block stand, in order, in the file that it
    // names, which another test runs.
    [Fact]
    public void Csharp_is_what_another_test_runs()
    {
        var blocks = Markdown.AllBlocks.Where(block => block.Language == "csharp").ToList();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            var source = block.One(Mark.SameAs);
            Assert.True(source is not null, $"{block.Where} does not say in which source file its lines stand.");
            var tested = Checkout.Read(source);
            var at = 0;
            foreach (var line in block.Text.Split(
                '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                at = tested.IndexOf(line, at, StringComparison.Ordinal);
                Assert.True(at >= 0, $"{block.Where}: {source} lacks, or has elsewhere: {line}");
                at += line.Length;
            }
        }
    }

    [Theory]
    [InlineData("```bash\ntrue\n")]
    [InlineData("<!-- test: sometimes -->\n```bash\ntrue\n```\n")]
    [InlineData("<!-- test: server -->\n\nSome text.\n\n```bash\ntrue\n```\n")]
    [InlineData("```bash\ntrue\n```\n<!-- test: server -->\n")]
    public void A_document_that_can_not_be_understood_is_refused(string markdown) =>
        Assert.StartsWith(
            "a.md:", Assert.Throws<FormatException>(() => Markdown.Parse("a.md", markdown)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_block_is_read_with_its_marks_and_without_its_indent()
    {
        var block = Assert.Single(Markdown.Parse(
            "a.md", "Text\n\n<!-- test: prints a b -->\n<!-- test: server -->\n\n  ```bash\n  one\n\n    two\n  ```\n"));

        Assert.Equal(("a.md:6", "bash", "one\n\n  two\n"), (block.Where, block.Language, block.Text));
        Assert.Equal(["prints", "server"], block.Marks.Select(mark => mark.Word));
        Assert.Equal("a b", block.One(Mark.Prints));
    }
}
