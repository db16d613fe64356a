using System.Diagnostics;

namespace VectorCluster.Tests.Postgres;

/// <summary>Short runs of other programs.</summary>
internal static class Command
{
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it printed.</exception>
    public static string Run(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Check(process, program, output + errors.GetAwaiter().GetResult());
        return output;
    }

    /// <inheritdoc cref="Run"/>
    public static async Task<string> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Check(process, program, output + await errors);
        return output;
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/", // the caller's may be closed to the user that the program runs as
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static void Check(Process process, string program, string printed)
    {
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {printed}");
    }
}
