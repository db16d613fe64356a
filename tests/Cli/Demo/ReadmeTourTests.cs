using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace VectorCluster.Cli.Tests;

/// <summary>The README's tour by curl, sent as it stands there.</summary>
public sealed class ReadmeTourTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Goal: a newcomer who copies the commands sees what they say. Method: each curl line of the README to a demo
    // server, in order; the last one shows what a mistake is answered with.
    [Fact]
    public async Task Every_command_of_the_tour_works()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder, command: "demo");
        var commands = Commands(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md")));
        Assert.Equal(6, commands.Count);
        using var http = new HttpClient { BaseAddress = server.Address };
        var answers = new List<(HttpStatusCode Status, string Body)>();
        foreach (var (method, path, body) in commands)
        {
            using var request = new HttpRequestMessage(new(method), path);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        Assert.All(answers.SkipLast(1), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Contains("prince", answers[0].Body, StringComparison.Ordinal);
        Assert.Contains("Tea", answers[4].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Ice", answers[4].Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, answers[5].Status);
        Assert.Contains("\"path\":\"$.query\"", answers[5].Body, StringComparison.Ordinal);
    }

    private static List<(string Method, string Path, string Body)> Commands(string readme) =>
    [
        .. Regex.Matches(
            readme,
            @"curl -s (-X (?<method>\w+) )?localhost:6333(?<path>/\S+) -H 'content-type: application/json' \\\s*-d '(?<body>[^']*)'",
            RegexOptions.ExplicitCapture,
            Patience).Select(match => (
                match.Groups["method"].Success ? match.Groups["method"].Value : "POST",
                match.Groups["path"].Value,
                match.Groups["body"].Value)),
    ];
}
