using System.Reflection;
using System.Text.RegularExpressions;
using VectorCluster.Repository.Tests;

namespace VectorCluster.Docs.Tests;

/// <summary>The guide to troubleshooting has whatever the product may say.</summary>
public sealed class TroubleshootingTests
{
    private const string Guide = "docs/guides/troubleshooting.md";
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.Singleline;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly string Text = Checkout.Read(Guide);

    private static IEnumerable<string> Sources => Checkout.Files.Where(file =>
        file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));

    [Fact]
    public void Every_error_code_has_a_row()
    {
        var codes = ConstantsOf(typeof(ErrorCodes)).Concat(Matches(
            Checkout.Read("src/Api/Http/HttpErrorCodes.cs"), @"const string \w+ = ""(?<found>\w+)""")).ToList();

        Assert.True(codes.Count > 30, $"There are only {codes.Count} codes.");
        Assert.All(codes, code => Assert.Contains($"\n| `{code}` | ", Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_code_with_a_row_exists()
    {
        var known = ConstantsOf(typeof(ErrorCodes))
            .Concat(["unknown_route", "method_not_allowed"]).ToHashSet(StringComparer.Ordinal);

        Assert.All(Matches(Text, @"\n\| `(?<found>[a-z_]+)` \| "), code => Assert.Contains(code, known));
    }

    // Goal: whoever finds a line in the log finds it in the guide. Method: all messages of warnings and errors in the
    // source, with "…" for what they fill in.
    [Fact]
    public void Every_warning_and_error_of_the_log_has_a_row()
    {
        var messages = Sources.SelectMany(file => Matches(
            Checkout.Read(file),
            @"Level = LogLevel\.(Warning|Error|Critical),\s*Message = (?<found>""[^)]*?"")\)\]")).ToList();
        var declared = Sources.Sum(file => Matches(
            Checkout.Read(file), @"Level = (?<found>LogLevel\.(Warning|Error|Critical))").Count());

        Assert.True(messages.Count >= 10, $"Only {messages.Count} messages were found.");
        Assert.Equal(declared, messages.Count);
        foreach (var message in messages)
        {
            var whole = Regex.Replace(message, @"""\s*\+\s*""", "", Options, Patience).Trim('"');
            var shown = Regex.Replace(whole, @"\{\w+\}", "…", Options, Patience);
            Assert.Contains($"\n| `{shown}` | ", Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_exit_code_has_a_row()
    {
        var codes = Matches(Checkout.Read("src/Cli/ExitCode.cs"), @"const int \w+ = (?<found>\d+);")
            .Concat(Matches(Checkout.Read("src/Silo/SiloEnd.cs"), @"const int ExitCode = (?<found>\d+);"))
            .Concat(Matches(Checkout.Read("src/Silo/Program.cs"), @"return (?<found>\d+);")).ToList();

        Assert.True(codes.Count >= 6);
        Assert.All(codes, code => Assert.Contains($"\n| {code} | ", Text, StringComparison.Ordinal));
    }

    // Goal: what the guide quotes of a start that fails is what is said. Method: each quote's fixed parts stand in the
    // source.
    [Fact]
    public void Messages_of_a_start_are_those_of_the_source()
    {
        var section = Text[Text.IndexOf("What a start says", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n```", StringComparison.Ordinal)];
        var source = Regex.Replace(
            string.Concat(Sources.Select(Checkout.Read)), @"""\s*\+\s*\$?""", "", Options, Patience);
        var quotes = Matches(section, @"(?<=\n\| |and )`(?<found>[^`]+)`").ToList();

        Assert.True(quotes.Count >= 8);
        foreach (var part in quotes.SelectMany(quote => quote.Split('…', StringSplitOptions.RemoveEmptyEntries)))
            Assert.Contains(part.Trim(), source, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ConstantsOf(Type type) => type
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    private static IEnumerable<string> Matches(string text, string pattern) =>
        Regex.Matches(text, pattern, Options, Patience).Select(match => match.Groups["found"].Value);
}
