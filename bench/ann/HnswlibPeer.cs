using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace VectorCluster.Ann.Bench;

/// <summary>hnswlib, in a process of its own: hnswlib/peer.cpp.</summary>
internal sealed class HnswlibPeer : IContender
{
    private readonly Process _process;
    private readonly string _graph;
    private readonly string _answers;

    public HnswlibPeer(string program, AnnVectors vectors)
    {
        _graph = Path.Combine(vectors.Folder, "hnswlib.graph");
        _answers = Path.Combine(vectors.Folder, "hnswlib.i32");
        string[] arguments =
        [
            Path.Combine(vectors.Folder, "base.f32"),
            Path.Combine(vectors.Folder, "queries.f32"),
            vectors.Dimension.ToString(CultureInfo.InvariantCulture),
            "ip",
        ];
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public string Name => "hnswlib";

    public async Task<double> PrepareAsync(bool isReusing)
    {
        if (isReusing && File.Exists(_graph))
        {
            await AskAsync($"load {_graph}");
            return double.NaN;
        }

        var seconds = await NumberAsync($"build {AnnBench.BuildThreads}");
        await AskAsync($"save {_graph}");
        return seconds;
    }

    public async Task<long> BytesAsync() => (long)await NumberAsync("memory");

    public async Task<double> SearchAsync(int ef, int threads, int[] found)
    {
        var seconds = await NumberAsync($"search {ef} {threads} {_answers}");
        MemoryMarshal.Cast<byte, int>(await File.ReadAllBytesAsync(_answers)).CopyTo(found);
        return seconds;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<double> NumberAsync(string command) =>
        double.Parse(await AskAsync(command), CultureInfo.InvariantCulture);

    private async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"hnswlib ended at: {command}");
    }
}
