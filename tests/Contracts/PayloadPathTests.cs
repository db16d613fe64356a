namespace VectorCluster.Contracts.Tests;

public sealed class PayloadPathTests
{
    [Theory]
    [InlineData("city", "city")]
    [InlineData("country.name", "country|name")]
    [InlineData("tags[]", "tags|[]")]
    [InlineData("rooms[0].size", "rooms|[0]|size")]
    [InlineData("a[][1]", "a|[]|[1]")]
    [InlineData("\"a.b\".c", "a.b|c")]
    [InlineData("\"say \\\"hi\\\"\"", "say \"hi\"")]
    [InlineData("Grüße", "Grüße")]
    public void Path_has_the_steps_it_says(string text, string steps) =>
        Assert.Equal(steps, string.Join('|', PayloadPath.Parse(text).Steps.Select(step => step.Kind switch
        {
            PayloadPathStepKind.Member => step.Key,
            PayloadPathStepKind.AllElements => "[]",
            _ => $"[{step.Index}]",
        })));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[x]")]
    [InlineData("a[-1]")]
    [InlineData("a]b")]
    [InlineData("[]")]
    [InlineData("\"open")]
    [InlineData("a[0]b")]
    public void What_is_no_path_is_refused(string text)
    {
        Assert.False(PayloadPath.TryParse(text, out _));
        Assert.Equal(
            ErrorCodes.InvalidPayloadPath, Assert.Throws<InvalidRequestException>(() => PayloadPath.Parse(text)).Code);
    }

    [Fact]
    public void Paths_are_bounded()
    {
        Assert.True(PayloadPath.TryParse(string.Join('.', Enumerable.Repeat("a", PayloadPath.MaxSteps)), out _));
        Assert.False(PayloadPath.TryParse(string.Join('.', Enumerable.Repeat("a", PayloadPath.MaxSteps + 1)), out _));
        Assert.False(PayloadPath.TryParse(new string('a', PayloadPath.MaxLength + 1), out _));
    }
}
