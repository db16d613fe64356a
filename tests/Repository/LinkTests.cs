using System.Text.RegularExpressions;

namespace VectorCluster.Repository.Tests;

/// <summary>The documents among each other; what their blocks say is tested by tests/Docs.</summary>
public sealed class LinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

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
