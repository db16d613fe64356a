using System.Text.RegularExpressions;

namespace VectorCluster.Repository.Tests;

public sealed class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Goal: the README's C# compiles and runs. Method: its lines stand, in order, in a test that does.
    [Fact]
    public void Sample_of_the_readme_is_the_one_that_is_tested()
    {
        var block = Regex.Match(Checkout.Read("README.md"), "```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, Patience);
        var tested = Checkout.Read("tests/Embedded/ReadmeTests.cs");
        var at = 0;
        foreach (var line in block.Groups["code"].Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            at = tested.IndexOf(line, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"The test lacks, or has elsewhere: {line}");
        }
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
}
