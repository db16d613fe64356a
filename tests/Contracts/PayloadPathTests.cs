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

    [Theory]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.0000000+00:00")]
    [InlineData("2026-11-21T10:00:00.123456+02:00", "2026-11-21T08:00:00.1234560+00:00")]
    [InlineData("2026-11-21 10:00:00", "2026-11-21T10:00:00.0000000+00:00")]
    [InlineData("2026-11-21", "2026-11-21T00:00:00.0000000+00:00")]
    [InlineData("2026-11-21T10:00", "2026-11-21T10:00:00.0000000+00:00")]
    public void Date_times_are_read(string text, string expected)
    {
        Assert.True(PayloadDatetime.TryParse(text, out var time));
        Assert.Equal(expected, time.ToUniversalTime().ToString("O"));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-13-01")]
    [InlineData("10:00")]
    [InlineData("")]
    public void Other_texts_are_no_date_times(string text) => Assert.False(PayloadDatetime.TryParse(text, out _));
}
