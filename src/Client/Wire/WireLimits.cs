namespace VectorCluster.Client.Wire;

/// <summary>How much one message between the processes of a cluster may hold.</summary>
/// <remarks>A connection that sees a larger one is closed by Orleans, with everything on it; so nobody sends one. A
/// limit far above this would not help: a message has its connection to itself while it is on its way, and what
/// tells the living from the dead has to wait behind it.</remarks>
public static class WireLimits
{
    /// <summary>Most bytes of our own in a message: a second of a gigabit link.</summary>
    /// <value>128 MiB: the largest body that the HTTP API takes, 64 MiB, holds vectors of half as many bytes as they
    /// have here, where its numbers have one digit.</value>
    public const int MaxBytes = 128 * 1024 * 1024;

    /// <summary>What Orleans is told: room for its own part of a message besides ours.</summary>
    internal const int EnvelopeBytes = 1024 * 1024;

    /// <inheritdoc cref="EnvelopeBytes"/>
    public const int MaxBodyBytes = MaxBytes + EnvelopeBytes;

    /// <param name="bytes">Of all values in the message so far.</param>
    /// <exception cref="InvalidRequestException">Too many: nothing is sent.</exception>
    internal static void Check(long bytes)
    {
        if (bytes <= MaxBytes) return;
        throw new InvalidRequestException(
            ErrorCodes.TooLarge,
            $"A message of {bytes} bytes is larger than {MaxBytes}, the most that goes between two processes of a "
            + "cluster: divide the batch, or ask for fewer points at a time.");
    }
}
