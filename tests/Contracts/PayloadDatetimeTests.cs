using System.Globalization;

namespace VectorCluster.Contracts.Tests;

public sealed class PayloadDatetimeTests
{
    [Theory]
    [InlineData("2024-02-29", "2024-02-29T00:00:00.000000Z")]
    [InlineData("2024-02-29T10:20:30Z", "2024-02-29T10:20:30.000000Z")]
    [InlineData("2024-02-29t10:20:30.1234567890z", "2024-02-29T10:20:30.123456Z")]
    [InlineData("2024-02-29 10:20:30", "2024-02-29T10:20:30.000000Z")]
    [InlineData("2024-02-29T10:20", "2024-02-29T10:20:00.000000Z")]
    [InlineData("2024-02-29T00:20:30+05:30", "2024-02-28T18:50:30.000000Z")]
    [InlineData("2023-02-29", null)]
    [InlineData("2024-02-29T25:00:00Z", null)]
    [InlineData("2024-02-29T10:20:3012", null)]
    [InlineData("2024-02-29\n", null)]
    [InlineData("29.2.2024", null)]
    [InlineData("10:00", null)]
    [InlineData("", null)]
    public void Datetimes_are_read(string text, string? expected)
    {
        var read = PayloadDatetime.TryParse(text, out var value);

        Assert.Equal(expected is not null, read);
        if (read)
            Assert.Equal(
                expected, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture));
    }
}
