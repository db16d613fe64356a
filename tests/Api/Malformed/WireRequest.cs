using System.Text;

namespace VectorCluster.Api.Tests;

/// <summary>A request as bytes, valid or not.</summary>
public sealed record WireRequest(string Method, string Target, byte[] Body)
{
    private const int ShownBytes = 2_000;

    /// <summary>For a failure's message: enough to send it again by hand.</summary>
    public override string ToString()
    {
        var text = Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, ShownBytes)));
        return $"{Method} {Target}\n{text}{(Body.Length > ShownBytes ? $"… ({Body.Length} bytes)" : "")}";
    }
}
