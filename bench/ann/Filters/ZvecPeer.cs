using System.Diagnostics;
using System.Globalization;

namespace VectorCluster.Ann.Bench.Filters;

/// <summary>zvec, in a node process of its own: zvec.mjs.</summary>
internal sealed class ZvecPeer : IAsyncDisposable
{
    /// <summary>What its graph holds.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["fp32", "int8"];

    private static readonly int[] Widths =
        [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024];

    private readonly Process _process;

    /// <param name="labels">Folder that <see cref="LabelledPoints.Write"/> wrote to.</param>
    /// <param name="vectors">Folder with base.f32 and queries.f32.</param>
    public ZvecPeer(AnnArguments arguments, string labels, string vectors, string kind)
    {
        Kind = kind;
        string[] command =
        [
            Path.Combine(AppContext.BaseDirectory, "Filters", "zvec.mjs"),
            arguments.Peer,
            labels,
            vectors,
            arguments.Count.ToString(CultureInfo.InvariantCulture),
            kind,
        ];
        _process = Process.Start(new ProcessStartInfo("node", command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public string Kind { get; }

    public SearchWay WayOf(double share) => new($"zvec {Kind}", Widths, async (width, least) =>
    {
        var command = FormattableString.Invariant($"{share * 10_000:0} {width} {least.TotalSeconds}");
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"zvec ended at: {command}");
        var numbers = answer.Split(' ');
        return new(
            double.Parse(numbers[0], CultureInfo.InvariantCulture),
            double.Parse(numbers[1], CultureInfo.InvariantCulture),
            int.Parse(numbers[2], CultureInfo.InvariantCulture));
    });

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
