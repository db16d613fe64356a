namespace VectorCluster.Repository.Tests;

/// <summary>The direction in which projects know each other: docs/ARCHITECTURE.md, "Projects".</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Engine"] = ["Contracts"],
        ["Storage"] = ["Engine"],
        ["Coordinator"] = ["Engine"],
        ["Embedded"] = ["Coordinator", "Storage"],
        ["Grains"] = ["Client", "Coordinator", "Storage"],
        ["Api"] = ["Contracts"],
        ["Client"] = ["Contracts"],
        ["Client.Http"] = ["Contracts"],
        ["Silo"] = ["Api", "Grains"],
        ["Cli"] = ["Api", "Embedded", "Client.Http"],
    };

    private static readonly string[] KnowOrleans = ["Grains", "Client", "Silo"];

    private static IEnumerable<string> SourceProjects =>
        Checkout.Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal)
            && file.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Projects_refer_only_along_the_arrows()
    {
        Assert.NotEmpty(SourceProjects);
        foreach (var project in SourceProjects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(
                Allowed.ContainsKey(name), $"{project} has no arrows; draw them here and in docs/ARCHITECTURE.md.");
            Assert.All(Checkout.ReferencesOf(project), reference => Assert.Contains(reference, Allowed[name]));
        }
    }

    [Fact]
    public void Only_grains_client_and_silo_know_orleans()
    {
        foreach (var project in SourceProjects)
        {
            if (KnowOrleans.Contains(Path.GetFileNameWithoutExtension(project))) continue;
            var folder = Path.GetDirectoryName(project)!.Replace('\\', '/') + "/";
            var sources = Checkout.Files.Where(file => file.StartsWith(folder, StringComparison.Ordinal)
                && (file.EndsWith(".cs", StringComparison.Ordinal)
                    || file.EndsWith(".csproj", StringComparison.Ordinal)));
            Assert.All(
                sources, file => Assert.DoesNotContain("using Orleans", Checkout.Read(file), StringComparison.Ordinal));
            Assert.DoesNotContain("Microsoft.Orleans", Checkout.Read(project), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Solution_has_every_project_and_the_embedded_filter_all_without_orleans()
    {
        var solution = Checkout.Read("VectorCluster.sln").Replace('\\', '/');
        var embedded = Checkout.Read("VectorCluster.Embedded.slnf").Replace("\\\\", "/", StringComparison.Ordinal);
        foreach (var project in Checkout.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal);
            var knowsOrleans = Checkout.Read(project).Contains("Microsoft.Orleans", StringComparison.Ordinal)
                || Checkout.ReferencesOf(project).Any(KnowOrleans.Contains);
            if (!knowsOrleans) Assert.Contains($"\"{project}\"", embedded, StringComparison.Ordinal);
        }
    }
}
