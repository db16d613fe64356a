using System.Text;

namespace VectorCluster.Contracts.Tests;

public sealed class PayloadTests
{
    [Fact]
    public void Payload_is_compacted_and_keeps_its_numbers()
    {
        var payload = Payload.Parse("""{ "a" : 1.50, "b": [ 1e3, 12345678901234567890 ], "c": "ü \u00fc \" \n" }""");
        Assert.Equal("""{"a":1.50,"b":[1e3,12345678901234567890],"c":"ü ü \" \n"}""", payload.ToString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"\u0062":2}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":NaN}""")]
    public void What_is_no_payload_is_refused(string json) =>
        Assert.Equal(
            ErrorCodes.InvalidPayload, Assert.Throws<InvalidRequestException>(() => Payload.Parse(json)).Code);

    [Fact]
    public void Invalid_utf8_and_deep_nesting_are_refused()
    {
        Assert.Throws<InvalidRequestException>(() => Payload.Parse("{\"a\":\"\u00ff\"}"u8.ToArray()[..^3]));
        Assert.Throws<InvalidRequestException>(() => Payload.Parse(new byte[] { (byte)'{', 0xFF, (byte)'}' }));
        Assert.Throws<InvalidRequestException>(() => Payload.Parse(Nested(Payload.MaxDepth)));
        Payload.Parse(Nested(Payload.MaxDepth - 1));
    }

    [Fact]
    public void Payload_takes_objects_and_gives_them_back()
    {
        var payload = Payload.From(new { word = "king", rank = 3 });
        Assert.Equal("""{"word":"king","rank":3}""", payload.ToString());
        Assert.Equal(3, payload.As<Dictionary<string, object>>()!["rank"].ToString() is { } rank ? int.Parse(rank) : 0);
        Assert.Equal(payload, Payload.Parse("""{"word": "king", "rank": 3}"""));
        Assert.True(Payload.Empty.IsEmpty);
    }

    private static string Nested(int depth)
    {
        var json = new StringBuilder("""{"a":""");
        json.Append('[', depth).Append(']', depth);
        return json.Append('}').ToString();
    }
}
