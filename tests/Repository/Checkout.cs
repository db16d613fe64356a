using System.Xml.Linq;

namespace VectorCluster.Repository.Tests;

/// <summary>The source tree that this test was built from.</summary>
internal static class Checkout
{
    private static readonly string[] Generated =
        ["bin", "obj", "node_modules", "data", "artifacts", ".git", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with slashes, of everything that is not generated.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Names of the projects that a project refers to.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
    [
        .. XDocument.Parse(Read(project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)),
    ];

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "VectorCluster.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException(
                "The checkout was not found.");
        return folder;
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        foreach (var inner in Directory.EnumerateDirectories(folder))
            if (!Generated.Contains(Path.GetFileName(inner)))
                foreach (var file in Walk(inner)) yield return file;
    }
}
