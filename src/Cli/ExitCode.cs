namespace VectorCluster.Cli;

/// <summary>What the shell gets.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command could not do what it was asked; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by a signal before it was done: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
