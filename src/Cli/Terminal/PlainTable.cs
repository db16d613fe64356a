using Spectre.Console;

namespace VectorCluster.Cli;

/// <summary>Tables on standard output; without a terminal they are as wide as they need, so that no line
/// breaks.</summary>
internal static class PlainTable
{
    private const int RedirectedWidth = 10_000;

    public static void Write(Table table)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = RedirectedWidth;
        console.Write(table);
    }
}
