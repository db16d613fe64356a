using System.Globalization;
using System.Text;

namespace VectorCluster.Api;

/// <summary>Where a value stands in a request's body, such as <c>$.points[3].vector</c>; its text is made only when
/// an error needs it.</summary>
internal sealed class JsonPath
{
    private readonly JsonPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private JsonPath(JsonPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    public static JsonPath Root { get; } = new(parent: null, name: null, index: 0);

    public JsonPath Member(string name) => new(this, name, index: 0);

    public JsonPath Element(int index) => new(this, name: null, index);

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        if (_parent is null)
        {
            text.Append('$');
            return;
        }

        _parent.Append(text);
        if (_name is null)
            text.Append('[').Append(_index.ToString(CultureInfo.InvariantCulture)).Append(']');
        else if (IsPlain(_name))
            text.Append('.').Append(_name);
        else
            text.Append("['").Append(_name.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("'", "\\'", StringComparison.Ordinal)).Append("']");
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
