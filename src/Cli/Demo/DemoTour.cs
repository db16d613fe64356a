using System.Text.Json;

namespace VectorCluster.Cli;

/// <summary>Shows, on real words, what a search gives and how to ask for it.</summary>
internal static class DemoTour
{
    private const int ShortWord = 5;

    private static readonly string[] Words = ["king", "paris", "monday", "guitar", "physics"];

    public static async Task RunAsync(
        IVectorDatabase database, Uri address, TextWriter output, CancellationToken cancellationToken)
    {
        using var words = WordSource.Open();
        await output.WriteLineAsync();
        await output.WriteLineAsync("Nearest words, with the cosine of each:");
        foreach (var word in Words)
        {
            if (words.IdOf(word) is not { } id) continue;
            await WriteAsync(output, word, await SearchAsync(database, id, null, cancellationToken));
        }

        var king = words.IdOf("king") ?? throw new CommandException("the sample lacks the word 'king'.");
        var isShort = Filter.All(new RangeCondition("length") { Lte = ShortWord });
        await output.WriteLineAsync();
        await output.WriteLineAsync($"The same with a filter, words of at most {ShortWord} letters:");
        await WriteAsync(output, "king", await SearchAsync(database, king, isShort, cancellationToken));
        await WriteCurlAsync(output, address, king);
    }

    private static async Task<IReadOnlyList<Hit>> SearchAsync(
        IVectorDatabase database, PointId id, Filter? filter, CancellationToken cancellationToken)
    {
        var request = new SearchRequest
        {
            Collection = DemoLoad.Collection,
            Query = new NearestQuery(id),
            Limit = 5,
            Filter = filter,
            WithPayload = PayloadSelector.Include("word"),
        };
        return (await database.SearchAsync(request, cancellationToken)).Hits;
    }

    private static Task WriteAsync(TextWriter output, string word, IReadOnlyList<Hit> hits) => output.WriteLineAsync(
        $"  {word,-8} → {string.Join(", ", hits.Select(hit => $"{WordOf(hit)} {1 - hit.Distance:0.00}"))}");

    private static string WordOf(Hit hit) => hit.Payload!.As<JsonElement>().GetProperty("word").GetString() ?? "";

    private static async Task WriteCurlAsync(TextWriter output, Uri address, PointId king)
    {
        var url = new Uri(address, $"/collections/{DemoLoad.Collection}/points/query");
        await output.WriteLineAsync();
        await output.WriteLineAsync("Try it yourself:");
        await output.WriteLineAsync($"  curl -s {url} -H 'content-type: application/json' \\");
        await output.WriteLineAsync($$"""    -d '{"query": {{king}}, "limit": 5, "with_payload": true}'""");
        await output.WriteLineAsync();
    }
}
