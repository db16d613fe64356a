namespace VectorCluster.Repository.Tests;

/// <summary>Those rules of the house style that a machine can check and no analyzer does.</summary>
public sealed class StyleTests
{
    private const int MaxFileLines = 400;
    private const int MaxLineLength = 120;

    private static IEnumerable<string> Sources =>
        Checkout.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    [Fact]
    public void Files_can_be_read_in_one_sitting()
    {
        Assert.NotEmpty(Sources);
        Assert.All(Sources, file =>
        {
            var lines = Checkout.Read(file).Split('\n');
            Assert.True(lines.Length <= MaxFileLines, $"{file} has {lines.Length} lines; split it by concern.");
            var longest = lines.Where(line => !IsTestData(file, line)).Max(line => line.Length);
            Assert.True(longest <= MaxLineLength, $"{file} has a line of {longest} characters.");
            Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Package_versions_are_central()
    {
        foreach (var project in Checkout.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
            Assert.DoesNotMatch("PackageReference[^>]*Version=", Checkout.Read(project));
    }

    [Fact]
    public void Source_files_named_in_the_format_documents_exist()
    {
        var documents =
            Checkout.Files.Where(file => file.StartsWith("docs/formats/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(documents);
        foreach (var document in documents)
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(
                Checkout.Read(document), @"(?:src|tests)/[\w./-]+\.cs\b",
                    System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)))
                Assert.True(
                    Checkout.Files.Contains(match.Value), $"{document} names {match.Value}, which does not exist.");
    }

    /// <summary>Requests and answers that a test quotes stay on one line, so that they can be searched for.</summary>
    private static bool IsTestData(string file, string line) =>
        file.StartsWith("tests/", StringComparison.Ordinal) && line.Contains('"', StringComparison.Ordinal);
}
