using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace VectorCluster.Cli;

/// <summary><c>query</c>: the nearest points to a vector or to a stored point, as a table.</summary>
internal static class QueryCommand
{
    private const string Summary = "Find the points nearest to a vector, or to a stored point.";

    private const string Details =
        """
        Examples:
          vectorcluster query --collection words --id 692 --limit 5
          vectorcluster query --collection docs --vector "[0.1, 0.2, 0.3]" --exact
        """;

    private static readonly Option<string?> Vector = new("--vector")
    {
        Description = "A JSON array of numbers.",
        HelpName = "[…]",
    };

    private static readonly Option<string?> Id = new("--id")
    {
        Description = "A stored point's id: digits are a number, anything else a UUID or a string.",
        HelpName = "ID",
    };

    private static readonly Option<string> Using = new("--using")
    {
        Description = "Name of the vector to search, where a collection has several.",
        HelpName = "NAME",
        DefaultValueFactory = _ => VectorSet.DefaultName,
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "Hits wanted.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<bool> Exact = new("--exact")
    {
        Description = "Scan every vector instead of the graph.",
    };

    private static readonly Option<int?> Ef = new("--ef")
    {
        Description = "Candidates kept while searching; more find better hits, slower (default: the collection's own).",
        HelpName = "N",
    };

    public static Command Create()
    {
        var target = new TargetOptions();
        var command = new DetailedCommand("query", Summary, Details) { Vector, Id, Using, Limit, Exact, Ef };
        target.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Vector) is null == result.GetValue(Id) is null)
                result.AddError("Give --vector or --id.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, target, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, TargetOptions options, CancellationToken cancellationToken)
    {
        var request = new SearchRequest
        {
            Collection = parsed.GetRequiredValue(options.Collection),
            Namespace = parsed.GetRequiredValue(options.Namespace),
            Query = new NearestQuery(QueryOf(parsed.GetValue(Vector), parsed.GetValue(Id))),
            VectorName = parsed.GetRequiredValue(Using),
            Limit = parsed.GetValue(Limit),
            Exact = parsed.GetValue(Exact),
            EfSearch = parsed.GetValue(Ef),
            WithPayload = PayloadSelector.All,
        };
        await using var target = await options.OpenAsync(parsed, cancellationToken);
        Print(await target.Database.SearchAsync(request, cancellationToken));
        return ExitCode.Ok;
    }

    private static QueryVector QueryOf(string? vector, string? id)
    {
        if (vector is null)
        {
            if (ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return (PointId)number;
            return PointId.TryFromText(id!, out var text) ? text : throw new UsageException($"'{id}' can't be an id.");
        }

        try
        {
            return JsonSerializer.Deserialize<float[]>(vector) ?? throw new UsageException("--vector is null.");
        }
        catch (JsonException)
        {
            throw new UsageException($"--vector is not a JSON array of numbers: {vector}");
        }
    }

    private static void Print(SearchResult result)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "score", "payload");
        foreach (var hit in result.Hits)
        {
            var score = Metrics.ScoreOf(result.Metric, hit.Distance).ToString("0.0000", CultureInfo.InvariantCulture);
            table.AddRow(new Text($"{hit.Id}"), new Text(score), new Text($"{hit.Payload}"));
        }

        PlainTable.Write(table);
    }
}
