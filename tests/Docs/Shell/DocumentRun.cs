using System.Diagnostics;
using System.Globalization;
using System.Text;
using VectorCluster.Docs.Tests.Documents;

namespace VectorCluster.Docs.Tests.Shell;

/// <summary>Runs the blocks of a document one after the other, as if somebody typed them into one shell.</summary>
internal sealed class DocumentRun(ReadersMachine machine)
{
    private const string Began = "@@ began ";
    private const string Ended = "@@ ended ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Servers are jobs with process groups of their own, so that all of one can be ended.</summary>
    private const string Prologue =
        """
        set -u -o pipefail -m
        server=
        stop() {
          [ -n "$server" ] || return 0
          kill -TERM -- "-$server" 2>/dev/null
          wait "$server" 2>/dev/null
          while kill -0 -- "-$server" 2>/dev/null; do sleep 0.1; done
          server=
        }
        trap stop EXIT
        serve() {
          stop
          ( set -e; . "$1" ) >"$1.out" 2>&1 &
          server=$!
          until grep -q '^VectorCluster serves ' "$1.out"; do
            kill -0 "$server" 2>/dev/null || { echo "the server ended"; exit 1; }
            sleep 0.1
          done
        }
        prints() { grep -qF -e "$2" "$1.out" || { echo "it does not print: $2"; exit 1; }; }
        exits() {
          local code=0
          ( set -e; . "$2" ) >"$2.out" 2>&1 || code=$?
          [ "$code" = "$1" ] || { echo "it exits with $code, not $1"; exit 1; }
        }

        """;

    /// <returns>Null: all went as the document says. Else which block did not, and what was printed.</returns>
    public async Task<string?> RunAsync(IReadOnlyList<CodeBlock> blocks)
    {
        var script = new StringBuilder(Prologue);
        for (var i = 0; i < blocks.Count; i++) Add(script, blocks[i], i);
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = machine.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        machine.SetUp(start.Environment);
        start.ArgumentList.Add(Write("all.sh", script.ToString()));
        return await RunAsync(start, blocks);
    }

    private async Task<string?> RunAsync(ProcessStartInfo start, IReadOnlyList<CodeBlock> blocks)
    {
        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var output = bash.StandardOutput.ReadToEndAsync();
        var error = bash.StandardError.ReadToEndAsync();
        try
        {
            await bash.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            bash.Kill(entireProcessTree: true);
        }

        await bash.WaitForExitAsync();
        var said = await output + await error;
        var ended = Numbers(said, Ended);
        if (bash.ExitCode == 0 && ended.Count == blocks.Count) return null;
        var last = Numbers(said, Began).LastOrDefault(-1);
        if (last < 0) return said;
        return string.Join(
            '\n',
            $"{blocks[last].Where} did not go as it says (exit code {bash.ExitCode}).",
            blocks[last].Text,
            said,
            OutputOf(last));
    }

    private void Add(StringBuilder script, CodeBlock block, int number)
    {
        var name = NameOf(number);
        var file = Write(name, machine.Translate(block.Text));
        script.Append($"echo '{Began}{number}'\n");
        if (block.Has(Mark.Stopped)) script.Append("stop\n");
        if (block.One(Mark.File) is { } path)
        {
            var target = Path.Combine(machine.Folder, machine.Translate(path)); // an absolute path stays one
            script.Append($"mkdir -p '{Path.GetDirectoryName(target)}' && cp '{file}' '{target}' || exit\n");
        }
        else if (block.Language == "sql")
        {
            script.Append("psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres "
                + $"--host '{machine.Translate("db.example")}' --file '{file}' || exit\n");
        }
        else if (block.Has(Mark.Server))
        {
            script.Append($"serve '{file}'\n");
        }
        else if (block.One(Mark.Exits) is { } code)
        {
            script.Append($"exits {code} '{file}'\n");
        }
        else
        {
            script.Append($"set -e\n{{ . '{file}'; }} >'{file}.out' 2>&1\nset +e\n");
        }

        foreach (var text in block.All(Mark.Prints))
            script.Append($"prints '{file}' '{text.Replace("'", "'\\''", StringComparison.Ordinal)}'\n");
        script.Append($"echo '{Ended}{number}'\n");
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"block-{number}");

    private static List<int> Numbers(string output, string marker) =>
    [
        .. output.Split('\n').Where(line => line.StartsWith(marker, StringComparison.Ordinal))
            .Select(line => int.Parse(line[marker.Length..], CultureInfo.InvariantCulture)),
    ];

    private string OutputOf(int number)
    {
        var file = Path.Join(machine.Folder, "blocks", NameOf(number) + ".out");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private string Write(string name, string text)
    {
        var path = Path.Join(machine.Folder, "blocks", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
