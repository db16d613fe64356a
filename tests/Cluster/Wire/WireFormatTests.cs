using VectorCluster.Client.Wire;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Cluster.Tests.Wire;

public sealed class WireFormatTests
{
    private const int Rounds = 300;

    private static readonly WireFormats Formats = new([.. ContractFormats.All, .. ShardFormats.All]);

    [Fact]
    public void Every_message_reads_as_it_was_written()
    {
        for (var seed = 0; seed < Rounds; seed++)
            foreach (var message in new RandomMessages(seed).All())
            {
                var read = Formats.Read(Formats.Write(message));
                Assert.True(
                    Structure.Of(message) == Structure.Of(read),
                    $"Seed {seed}: {Structure.Of(message)}\nwas read as {Structure.Of(read)}");
            }
    }

    // Goal: no format goes untested. Method: each one's type is among the messages.
    [Fact]
    public void Every_format_is_among_the_tested_messages()
    {
        var messages = new RandomMessages(seed: 0).All().ToList();

        Assert.All(
            [.. ContractFormats.All, .. ShardFormats.All],
            format => Assert.Contains(messages, message => format.Type.IsInstanceOfType(message)));
    }

    // Goal: a message that was cut short is an error, and not something else. Method: cut every message everywhere.
    [Fact]
    public void Message_that_was_cut_short_is_refused()
    {
        foreach (var message in new RandomMessages(seed: 1).All())
        {
            var bytes = Formats.Write(message);
            for (var length = 0; length < bytes.Length; length++)
                Assert.ThrowsAny<Exception>(() => Formats.Read(bytes[..length]));
        }
    }

    // Goal: during an update an older process refuses what it can't know, and says who is to be updated, where it might
    // read something else out of it.
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Message_of_another_version_is_refused_and_says_which_process_is_old(int difference)
    {
        var bytes = Formats.Write(new CountRequest { Collection = "c" }).ToArray();
        bytes[0] = (byte)(bytes[0] + difference);

        var refused = Assert.Throws<InvalidDataException>(() => Formats.Read(bytes));

        Assert.Contains($"version {bytes[0]} ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Update the older process", refused.Message, StringComparison.Ordinal);
    }
}
