using Spectre.Console;
using Spectre.Console.Rendering;

namespace VectorCluster.Cli;

/// <summary>Shows a meter while work runs: a bar on a terminal, a line now and then where output is
/// redirected.</summary>
/// <remarks>On standard error, so that what a command writes can be piped.</remarks>
internal static class ProgressDisplay
{
    /// <summary>Leaves room for the numbers on a terminal of 80 columns.</summary>
    private const int BarWidth = 16;

    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(string title, ProgressMeter meter, TimeProvider time, Func<Task> work)
    {
        if (Console.IsErrorRedirected) await RunWithLinesAsync(title, meter, time, work);
        else await RunWithBarAsync(title, meter, time, work);
    }

    private static async Task RunWithLinesAsync(string title, ProgressMeter meter, TimeProvider time, Func<Task> work)
    {
        var running = work();
        while (await Task.WhenAny(running, Task.Delay(LineInterval, time)) != running)
            await Console.Error.WriteLineAsync($"{title}: {meter}");
        await running;
        await Console.Error.WriteLineAsync($"{title}: {meter}");
    }

    private static Task RunWithBarAsync(string title, ProgressMeter meter, TimeProvider time, Func<Task> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn { Width = BarWidth },
                new PercentageColumn(),
                new MeterColumn(meter))
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, meter.Total));
                task.IsIndeterminate = meter.Total == 0;
                var running = work();
                while (await Task.WhenAny(running, Task.Delay(BarInterval, time)) != running) task.Value = meter.Done;
                task.Value = meter.Done;
                await running;
            });
    }

    private sealed class MeterColumn(ProgressMeter meter) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text($"{meter}");
    }
}
