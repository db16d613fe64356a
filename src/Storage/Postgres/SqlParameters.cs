using Npgsql;
using NpgsqlTypes;

namespace VectorCluster.Storage.Postgres;

/// <summary>Parameters by position, without boxing.</summary>
internal static class SqlParameters
{
    public static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    public static NpgsqlParameter Blob(ArraySegment<byte> bytes) =>
        new NpgsqlParameter<ArraySegment<byte>> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea };
}
