using System.Text.RegularExpressions;

namespace VectorCluster.Repository.Tests;

public sealed class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Goal: the README's C# compiles and runs. Method: the lines of each block stand, in order, in something that does.
    [Fact]
    public void Samples_of_the_readme_are_the_ones_that_are_tested()
    {
        string[] sources = ["tests/Embedded/ReadmeTests.cs", "samples/ClusterClient/Program.cs"];
        var blocks = Regex.Matches(
            Checkout.Read("README.md"),
            "```csharp\n(?<code>.*?)```",
            RegexOptions.Singleline | RegexOptions.ExplicitCapture,
            Patience);
        Assert.Equal(sources.Length, blocks.Count);
        foreach (var (block, source) in blocks.Zip(sources)) AssertStandsIn(source, block.Groups["code"].Value);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var documents = Checkout.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).ToList();
        foreach (var document in documents)
            foreach (Match link in Regex.Matches(Checkout.Read(document), @"\]\((?<target>[^)#:\s]+)(?:#[^)]*)?\)", RegexOptions.ExplicitCapture, Patience))
            {
                var folder = Path.GetDirectoryName(Path.Combine(Checkout.Root, document))!;
                var target = Path.GetFullPath(Path.Combine(folder, link.Groups["target"].Value));
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups["target"].Value}, which does not exist.");
            }
    }

    private static void AssertStandsIn(string source, string code)
    {
        var tested = Checkout.Read(source);
        var at = 0;
        foreach (var line in code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            at = tested.IndexOf(line, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{source} lacks, or has elsewhere: {line}");
            at += line.Length;
        }
    }
}
