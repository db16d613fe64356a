namespace VectorCluster.Client.Wire;

/// <summary>The exceptions of the contracts. They arrive as what they were thrown as, with code, path and outcomes;
/// inner exceptions stay where they happened, their messages being part of the outer one's.</summary>
internal static class FaultWire
{
    public static void Write(WireWriter writer, VectorDatabaseException fault)
    {
        writer.Byte(fault switch
        {
            InvalidRequestException => 0,
            NotFoundException => 1,
            AlreadyExistsException => 2,
            OverloadedException => 3,
            StoreUnavailableException => 4,
            ShardUnavailableException => 5,
            WriteIncompleteException => 6,
            AccessDeniedException => 7,
            _ => throw new ArgumentException($"{fault.GetType()} has no wire format.", nameof(fault)),
        });
        writer.Text(fault.Code);
        writer.Text(fault.Message);
        writer.Optional(fault.Path, static (to, path) => to.Text(path));
        if (fault is OverloadedException overloaded) writer.Int64(overloaded.RetryAfter.Ticks);
        if (fault is ShardUnavailableException unavailable)
            writer.List(unavailable.Failures, ResultWire.WriteFailure);
        if (fault is WriteIncompleteException incomplete) writer.List(incomplete.Outcomes, ResultWire.WriteOutcome);
    }

    public static VectorDatabaseException Read(WireReader reader)
    {
        var kind = reader.Byte();
        var (code, message) = (reader.Text(), reader.Text());
        var path = reader.Optional(static from => from.Text());
        return kind switch
        {
            0 => new InvalidRequestException(code, message) { Path = path },
            1 => new NotFoundException(code, message) { Path = path },
            2 => new AlreadyExistsException(code, message) { Path = path },
            3 => new OverloadedException(message, new(reader.Int64()), code) { Path = path },
            4 => new StoreUnavailableException(message) { Path = path },
            5 => new ShardUnavailableException(code, message, reader.List(ResultWire.ReadFailure)) { Path = path },
            6 => new WriteIncompleteException(code, message, reader.List(ResultWire.ReadOutcome)) { Path = path },
            7 => new AccessDeniedException(code, message) { Path = path },
            _ => throw WireReader.Damaged(),
        };
    }
}
