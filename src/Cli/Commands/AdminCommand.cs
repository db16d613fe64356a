using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>admin</c>: what an operator does to a database, not a user.</summary>
internal static class AdminCommand
{
    public static Command Create() => new(
        "admin", "Make keys; migrate, copy and re-encrypt databases; see and steer the silos of a cluster.")
    {
        AdminKeyCommand.Create(),
        AdminMigrateCommand.Create(),
        AdminCopyCommand.Create(),
        AdminRekeyCommand.Create(),
        AdminClusterCommand.Create(),
        AdminShardsCommand.Create(),
        AdminMovesCommand.Create(),
        AdminMoveCommand.Create(),
        AdminDrainCommand.Create(),
    };
}
