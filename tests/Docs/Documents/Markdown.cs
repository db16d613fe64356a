using VectorCluster.Repository.Tests;

namespace VectorCluster.Docs.Tests.Documents;

/// <summary>The documents that tell people what to type, and their fenced blocks.</summary>
internal static class Markdown
{
    private const string Fence = "```";
    private const string MarkStart = "<!-- test: ";
    private const string MarkEnd = " -->";

    public static IReadOnlyList<string> Documents { get; } =
    [
        .. Checkout.Files.Where(file => file is "README.md" or "deploy/helm/vectorcluster/README.md"
            || (file.StartsWith("docs/guides/", StringComparison.Ordinal)
                && file.EndsWith(".md", StringComparison.Ordinal))),
    ];

    public static IEnumerable<CodeBlock> AllBlocks => Documents.SelectMany(BlocksOf);

    public static IReadOnlyList<CodeBlock> BlocksOf(string document) => Parse(document, Checkout.Read(document));

    /// <exception cref="FormatException">A fence is not closed, or a mark is none; the message says where.</exception>
    public static IReadOnlyList<CodeBlock> Parse(string document, string markdown)
    {
        var blocks = new List<CodeBlock>();
        var marks = new List<Mark>();
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith(MarkStart, StringComparison.Ordinal))
            {
                marks.Add(ReadMark(line) ?? throw Fault(document, i, $"'{line}' is no mark of a test"));
            }
            else if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                var indent = lines[i].Length - lines[i].TrimStart().Length;
                var end = Array.FindIndex(lines, i + 1, inner => inner.Trim() == Fence);
                if (end < 0) throw Fault(document, i, "the fence is not closed");
                var text = lines[(i + 1)..end].Select(inner => inner.Length >= indent ? inner[indent..] : inner);
                blocks.Add(new(document, i + 1, line[Fence.Length..], string.Join('\n', text) + '\n', [.. marks]));
                marks.Clear();
                i = end;
            }
            else if (line.Length > 0 && marks.Count > 0)
            {
                throw Fault(document, i, "a mark of a test has no block after it");
            }
        }

        return marks.Count == 0
            ? blocks
            : throw Fault(document, lines.Length, "a mark of a test has no block after it");
    }

    private static Mark? ReadMark(string line)
    {
        if (!line.EndsWith(MarkEnd, StringComparison.Ordinal)) return null;
        var text = line[MarkStart.Length..^MarkEnd.Length];
        var word = Array.Find(
            Mark.Words, known => text == known || text.StartsWith(known + " ", StringComparison.Ordinal));
        return word is null ? null : new(word, text[word.Length..].Trim());
    }

    private static FormatException Fault(string document, int line, string what) =>
        new($"{document}:{line + 1}: {what}.");
}
