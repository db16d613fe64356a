using System.Text.RegularExpressions;

namespace VectorCluster.Repository.Tests;

/// <summary>A setting as its class declares it.</summary>
/// <param name="What">What the summary says.</param>
/// <param name="Value">What its value may be, and the default; empty: its section says it.</param>
internal sealed record Setting(string Name, string What, string Value);

/// <summary>Reads a class of options: what stands above it and above each of its properties.</summary>
internal static partial class OptionsSource
{
    public static (string Summary, IReadOnlyList<Setting> Settings) Read(string file, string type)
    {
        var settings = new List<Setting>();
        var (comment, summary, isInside) = ("", "", false);
        foreach (var line in Checkout.Read(file).Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                comment += line[3..] + " ";
                continue;
            }

            if (Record().Match(line) is { Success: true } record)
            {
                isInside = record.Groups["name"].Value == type;
                if (isInside) summary = Part(comment, "summary");
            }
            else if (isInside && Property().Match(line) is { Success: true } property)
            {
                settings.Add(new(
                    property.Groups["name"].Value, Part(comment, "summary"), Part(comment, "value")));
            }

            comment = "";
        }

        Assert.True(settings.Count > 0, $"{file} has no settings of {type}.");
        return (summary, settings);
    }

    private static string Part(string comment, string tag)
    {
        var match = Regex.Match(
            comment, $"<{tag}>(?<text>.*?)</{tag}>", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        var text = References().Replace(match.Groups["text"].Value, "`${name}`");
        return Spaces().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?:public|internal) sealed record (?<name>\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Record();

    [GeneratedRegex(@"^public \S+ (?<name>\w+) \{ get; init; \}", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Property();

    [GeneratedRegex("""<see cref="(?<name>[^"]+)"/>|<c>(?<name>[^<]+)</c>""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex References();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Spaces();
}
