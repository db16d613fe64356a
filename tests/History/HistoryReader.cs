using System.Text.Json;

namespace VectorCluster.Tests.History;

/// <summary>Puts the files of all processes together.</summary>
public static class HistoryReader
{
    /// <summary>All operations, in the order of their invocation. A write without an end is an unknown one.</summary>
    /// <remarks>A last line without its end is left out: the process was killed while it wrote it, so before it
    /// invoked anything by it.</remarks>
    public static async Task<IReadOnlyList<RegisterOperation>> ReadAsync(params IReadOnlyList<string> paths)
    {
        var operations = new List<RegisterOperation>();
        foreach (var path in paths) operations.AddRange(Join(await LinesAsync(path)));
        return [.. operations.OrderBy(operation => operation.Invoked)];
    }

    private static async Task<List<HistoryLine>> LinesAsync(string path)
    {
        var text = await File.ReadAllTextAsync(path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        return
        [
            .. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<HistoryLine>(line, HistoryLine.Json)!),
        ];
    }

    private static IEnumerable<RegisterOperation> Join(List<HistoryLine> lines)
    {
        var ends = lines.Where(line => line is { Number: not null, Returned: not null })
            .ToDictionary(line => line.Number!.Value);
        foreach (var line in lines.Where(line => line.Key is not null))
        {
            var end = line.Number is { } number ? ends.GetValueOrDefault(number) : line;
            yield return new(
                line.Process,
                line.Key!,
                line.Kind!.Value,
                line.Value,
                line.Invoked!.Value,
                end?.Returned ?? long.MaxValue,
                end?.Outcome ?? OperationOutcome.Unknown);
        }
    }
}
