using System.Text;

namespace VectorCluster.Repository.Tests;

/// <summary>The guide to the settings is made from the classes that read them.</summary>
public sealed class ConfigurationGuideTests
{
    /// <summary>Set it to 1 to write the guide anew.</summary>
    private const string UpdateVariable = "VECTORCLUSTER_UPDATE_GUIDES";

    private const string Guide = "docs/guides/configuration.md";

    private const string Introduction =
        """
        # Configuration

        Made from the source by `VECTORCLUSTER_UPDATE_GUIDES=1 dotnet test tests/Repository`; a test compares it.

        The silo (`vectorcluster-silo`) reads its settings from, each counting more than the one before:
        `appsettings.json` in the current directory, the environment (`VectorCluster__HttpPort`,
        `VectorCluster__Access__Keys__0__Hash`: two underscores stand for a colon), and the command line
        (`--VectorCluster:HttpPort 6333`). A setting that does not exist, or has a value that can't be used, keeps
        it from starting; standard error says which.

        `vectorcluster serve` takes where it listens and its store from its command line (`vectorcluster serve
        --help`), and the sections `Access`, `Limits` and `Telemetry` from the environment, just so, and from a JSON
        file that `--settings FILE` names: the same file that a silo would read. TLS: [security](security.md#tls).
        OpenTelemetry's own variables: [monitoring](monitoring.md).
        """;

    private static readonly (string Section, string File, string Type)[] Sections =
    [
        ("VectorCluster", "src/Silo/SiloSettings.cs", "SiloSettings"),
        ("VectorCluster:Access", "src/Api/Access/AccessOptions.cs", "AccessOptions"),
        ("VectorCluster:Access:Keys:0 (and 1, 2 …)", "src/Api/Access/ApiKeyOptions.cs", "ApiKeyOptions"),
        ("VectorCluster:Access:Jwt", "src/Api/Access/JwtOptions.cs", "JwtOptions"),
        ("VectorCluster:Access:Jwt:Keys:0 (and 1, 2 …)", "src/Api/Access/JwtOptions.cs", "JwtKeyOptions"),
        ("VectorCluster:Limits", "src/Api/Limits/LimitOptions.cs", "LimitOptions"),
        ("VectorCluster:Telemetry", "src/Api/Telemetry/TelemetryOptions.cs", "TelemetryOptions"),
    ];

    [Fact]
    public void The_guide_says_what_the_classes_say()
    {
        var made = Make();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(Path.Combine(Checkout.Root, Guide), made);

        Assert.Equal(made, Checkout.Read(Guide));
    }

    [Fact]
    public void Every_setting_says_what_it_is()
    {
        foreach (var (_, file, type) in Sections)
            Assert.All(
                OptionsSource.Read(file, type).Settings,
                setting => Assert.True(setting.What.Length > 0, $"{file}: {setting.Name} has no summary."));
    }

    private static string Make()
    {
        var text = new StringBuilder(Introduction).Append('\n');
        foreach (var (section, file, type) in Sections)
        {
            var (summary, settings) = OptionsSource.Read(file, type);
            text.Append($"\n## {section}\n\n{summary}\n\n| key | what | value |\n|---|---|---|\n");
            foreach (var setting in settings)
                text.Append($"| `{setting.Name}` | {setting.What} | {Shown(setting)} |\n");
        }

        return text.ToString();
    }

    private static string Shown(Setting setting) => setting.Value;
}
