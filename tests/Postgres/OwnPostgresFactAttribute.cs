using Xunit;

namespace VectorCluster.Tests.Postgres;

/// <summary>A test of a server that it kills or restarts, so a server of its own. Skipped, and said to be, only where
/// another server is named and this machine has none of its own.</summary>
/// <remarks>Without either it runs and fails with the reason: an installation that lacks PostgreSQL must not
/// pass.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnPostgresFactAttribute : FactAttribute
{
    public OwnPostgresFactAttribute()
    {
        if (PostgresServer.Named is not null && PostgresPrograms.Folder is null)
            Skip = $"It kills its server, which must not be the one that {PostgresServer.Variable} names, "
                + "and PostgreSQL is not installed here.";
    }
}
