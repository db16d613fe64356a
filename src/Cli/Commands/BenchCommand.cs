using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>bench</c>: measurements on data of the user's own.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measure on data of your own.") { BenchAnnCommand.Create() };
}
