namespace VectorCluster.Docs.Tests.Documents;

/// <summary>A fenced block of a document, and what the comments before it say about how it is tested.</summary>
/// <param name="Document">Path from the root, with slashes.</param>
/// <param name="Line">Of the opening fence, from 1.</param>
/// <param name="Language">What follows the fence; empty: nothing does.</param>
internal sealed record CodeBlock(
    string Document, int Line, string Language, string Text, IReadOnlyList<Mark> Marks)
{
    public string Where => $"{Document}:{Line}";

    public bool Has(string word) => Marks.Any(mark => mark.Word == word);

    /// <summary>What follows the word in each of its marks.</summary>
    public IEnumerable<string> All(string word) => Marks.Where(mark => mark.Word == word).Select(mark => mark.Rest);

    public string? One(string word) => All(word).SingleOrDefault();
}

/// <summary>A comment <c>&lt;!-- test: WORD REST --&gt;</c>, which readers of the document don't see.</summary>
internal sealed record Mark(string Word, string Rest)
{
    /// <summary>It can't run here: REST says what it needs, and what checks it instead, if anything does.</summary>
    public const string CannotRun = "can't run,";

    /// <summary>It runs where the silo could be built; REST is empty.</summary>
    public const string NeedsOrleans = "needs Orleans";

    /// <summary>It starts a server that goes on while the blocks below run, up to the next block that does; REST is
    /// empty.</summary>
    public const string Server = "server";

    /// <summary>The server above has been stopped; REST is empty.</summary>
    public const string Stopped = "stopped";

    /// <summary>It is what a file holds, whose path is REST.</summary>
    public const string File = "file";

    /// <summary>Its lines stand, in this order, in a source file that a test runs: REST is its path.</summary>
    public const string SameAs = "same as";

    /// <summary>It ends with the exit code REST.</summary>
    public const string Exits = "exits with";

    /// <summary>What it prints has REST in it.</summary>
    public const string Prints = "prints";

    public static readonly string[] Words = [CannotRun, NeedsOrleans, Server, Stopped, File, SameAs, Exits, Prints];
}
