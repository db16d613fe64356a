using VectorCluster.Tests.History;

namespace VectorCluster.Harness.Tests.History;

/// <summary>Short forms of operations on one register.</summary>
internal static class Operations
{
    public static RegisterOperation Write(string value, long invoked, long returned) =>
        new("w", "7", OperationKind.Write, value, invoked, returned, OperationOutcome.Ok);

    public static RegisterOperation Delete(long invoked, long returned) =>
        new("d", "7", OperationKind.Delete, Value: null, invoked, returned, OperationOutcome.Ok);

    /// <param name="value">Null: absent.</param>
    public static RegisterOperation Read(string? value, long invoked, long returned) =>
        new("r", "7", OperationKind.Read, value, invoked, returned, OperationOutcome.Ok);

    public static RegisterOperation UnknownWrite(string value, long invoked) =>
        Write(value, invoked, long.MaxValue) with { Outcome = OperationOutcome.Unknown };

    public static RegisterOperation UnknownDelete(long invoked) =>
        Delete(invoked, long.MaxValue) with { Outcome = OperationOutcome.Unknown };

    public static RegisterOperation RejectedWrite(string value, long invoked) =>
        Write(value, invoked, invoked + 1) with { Outcome = OperationOutcome.Rejected };
}
