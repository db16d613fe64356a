using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>admin</c>: what an operator does to a database, not a user.</summary>
internal static class AdminCommand
{
    public static Command Create() => new("admin", "Migrate, copy and re-encrypt databases.")
    {
        AdminMigrateCommand.Create(),
        AdminCopyCommand.Create(),
        AdminRekeyCommand.Create(),
    };
}
