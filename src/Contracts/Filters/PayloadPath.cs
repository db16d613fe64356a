using System.Globalization;
using System.Text;

namespace VectorCluster;

/// <summary>Place in a payload: <c>city</c>, <c>country.name</c>, <c>tags[]</c>, <c>rooms[0].size</c>,
/// <c>"a.b".c</c>.</summary>
/// <remarks>
/// <c>[]</c> stands for every element of an array. A path without it does not descend into arrays; a condition looks at
/// each element of an array that the whole path ends on. (Qdrant's payload paths.)
/// </remarks>
public sealed class PayloadPath : IEquatable<PayloadPath>
{
    /// <summary>Longest text of a path; longer ones are refused, so that a request can't make parsing
    /// expensive.</summary>
    public const int MaxLength = 1024;

    /// <summary>Most steps of a path: with <see cref="Payload.MaxDepth"/> it bounds how deep a changed payload can
    /// nest.</summary>
    public const int MaxSteps = 32;

    private PayloadPath(string text, PayloadPathStep[] steps)
    {
        Text = text;
        Steps = steps;
    }

    public string Text { get; }

    public IReadOnlyList<PayloadPathStep> Steps { get; }

    /// <exception cref="InvalidRequestException">Not a path.</exception>
    public static PayloadPath Parse(string text) =>
        TryParse(text, out var path)
            ? path
            : throw new InvalidRequestException(ErrorCodes.InvalidPayloadPath, $"'{text}' is not a payload path.");

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PayloadPath? path)
    {
        path = null;
        if (text.Length is 0 or > MaxLength) return false;
        var steps = new List<PayloadPathStep>();
        var at = 0;
        while (true)
        {
            if (!TryReadKey(text, ref at, out var key)) return false;
            steps.Add(PayloadPathStep.ForKey(key));
            while (at < text.Length && text[at] == '[')
            {
                if (!TryReadBrackets(text, ref at, out var step)) return false;
                steps.Add(step);
            }

            if (steps.Count > MaxSteps) return false;
            if (at == text.Length) break;
            if (text[at++] != '.') return false;
        }

        path = new(text, [.. steps]);
        return true;
    }

    /// <summary>The path of every element of the array that stands here.</summary>
    public PayloadPath OfElements() =>
        Steps[^1].Kind == PayloadPathStepKind.AllElements ? this
            : new(Text + "[]", [.. Steps, PayloadPathStep.AllElements]);

    public bool Equals(PayloadPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    public override bool Equals(object? obj) => Equals(obj as PayloadPath);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var step in Steps) hash.Add(step);
        return hash.ToHashCode();
    }

    public override string ToString() => Text;

    public static implicit operator PayloadPath(string text) => Parse(text);

    private static bool TryReadKey(string text, ref int at, out string key)
    {
        if (at < text.Length && text[at] == '"') return TryReadQuotedKey(text, ref at, out key);
        var start = at;
        while (at < text.Length && text[at] is not ('.' or '[' or ']' or '"')) at++;
        key = text[start..at];
        return key.Length > 0;
    }

    private static bool TryReadQuotedKey(string text, ref int at, out string key)
    {
        var result = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                key = result.ToString();
                return true;
            }

            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\') at++;
            result.Append(text[at]);
        }

        key = "";
        return false;
    }

    private static bool TryReadBrackets(string text, ref int at, out PayloadPathStep step)
    {
        step = PayloadPathStep.AllElements;
        var close = text.IndexOf(']', at);
        if (close < 0) return false;
        var inside = text.AsSpan(at + 1, close - at - 1);
        at = close + 1;
        if (inside.IsEmpty) return true;
        if (!int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        step = PayloadPathStep.ForElement(index);
        return true;
    }
}

/// <summary>One step of a <see cref="PayloadPath"/>: to a member, to every element, or to one element.</summary>
public readonly record struct PayloadPathStep(PayloadPathStepKind Kind, string? Key, int Index)
{
    public static PayloadPathStep AllElements => new(PayloadPathStepKind.AllElements, null, 0);

    public static PayloadPathStep ForKey(string key) => new(PayloadPathStepKind.Member, key, 0);

    public static PayloadPathStep ForElement(int index) => new(PayloadPathStepKind.Element, null, index);
}

public enum PayloadPathStepKind : byte
{
    Member,
    AllElements,
    Element,
}
