using System.Text;

namespace VectorCluster.Api.Tests;

/// <summary>Bodies are read strictly, and every complaint says where the fault stands.</summary>
public sealed class JsonReadingTests
{
    [Theory]
    [InlineData("""{"vector":[1,2,"x"]}""", "$.vector[2]", ErrorCodes.WrongType)]
    [InlineData("""{"vector":[1, null]}""", "$.vector[1]", ErrorCodes.WrongType)]
    [InlineData("""{"vector":[1,1e39]}""", "$.vector[1]", ErrorCodes.InvalidVector)]
    [InlineData("""{"vector":[-1e999]}""", "$.vector[0]", ErrorCodes.InvalidVector)]
    [InlineData("""{"vector":[[1],[2]]}""", "$.vector[0]", ErrorCodes.Unsupported)]
    [InlineData("""{"vector":"x"}""", "$.vector", ErrorCodes.WrongType)]
    [InlineData("""{"vector":[true]}""", "$.vector[0]", ErrorCodes.WrongType)]
    public void A_wrong_element_of_a_vector_is_named(string json, string path, string code)
    {
        var error = Assert.Throws<InvalidRequestException>(() => FloatArray.Read(Body(json).Require("vector")));

        Assert.Equal(path, error.Path);
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void A_vector_is_read_to_the_last_bit_whatever_stands_between_its_numbers()
    {
        float[] expected = [0f, -0f, 1e-45f, 3.4028235e38f, 0.1f, -123.456f, 1e5f, 16777217f];
        var values = FloatArray.Read(Body(
            "{\"v\":[ 0 ,-0.0,\n1e-45,\t3.4028235e38 , 0.1,-123.456,1E5,16777217]}").Require("v"));

        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), values.Select(BitConverter.SingleToInt32Bits));
        Assert.Empty(FloatArray.Read(Body("""{"v":[ ]}""").Require("v")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{")]
    [InlineData("""{"a":1}x""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":"\ud800\ud800"}""")]
    [InlineData("""{"a":1} // comment""")]
    public void What_is_no_strict_JSON_is_refused(string body)
    {
        var error = Assert.Throws<InvalidRequestException>(() => RequestBody.Parse(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(ErrorCodes.InvalidJson, error.Code);
    }

    [Theory]
    [InlineData(RequestBody.MaxDepth, true)]
    [InlineData(RequestBody.MaxDepth + 1, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_bounded(int depth, bool accepted)
    {
        var body = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        var error = Record.Exception(() => RequestBody.Parse(body).Dispose());

        Assert.Equal(accepted, error is null);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() =>
        Assert.Throws<InvalidRequestException>(
            () => RequestBody.Parse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }));

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00 \\ud800 \\\ud83d\ude00 \n"}""", -1)]
    [InlineData("""{"a":"x\ud800"}""", 7)]
    [InlineData("""{"a":"\\\udc00"}""", 8)]
    [InlineData("""["\ud83d\u0041"]""", 2)]
    [InlineData("""["\""", -1)]
    public void Half_a_surrogate_pair_is_found(string json, int expected) =>
        Assert.Equal(expected, SurrogateEscapes.FindUnpaired(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"n":1.5}""", ErrorCodes.WrongType)]
    [InlineData("""{"n":"1"}""", ErrorCodes.WrongType)]
    [InlineData("""{"n":11}""", ErrorCodes.OutOfRange)]
    [InlineData("""{"n":-99999999999999999999}""", ErrorCodes.OutOfRange)]
    public void Whole_numbers_are_checked(string json, string code) =>
        Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => Body(json).Require("n").AsInt32(1, 10)).Code);

    [Fact]
    public void A_path_quotes_names_that_are_no_plain_words()
    {
        var path = JsonPath.Root.Member("points").Element(3).Member("vector").Member("it's a \\name").Element(17);

        Assert.Equal("""$.points[3].vector['it\'s a \\name'][17]""", path.ToString());
    }

    [Fact]
    public void A_missing_field_is_named()
    {
        var error = Assert.Throws<InvalidRequestException>(
            () => Body("""{"a":{"b":null}}""").Require("a").Require("b"));

        Assert.Equal("$.a.b", error.Path);
        Assert.Equal(ErrorCodes.MissingField, error.Code);
    }

    internal static JsonInput Body(string json) =>
        new(RequestBody.Parse(Encoding.UTF8.GetBytes(json)).RootElement, JsonPath.Root);
}
