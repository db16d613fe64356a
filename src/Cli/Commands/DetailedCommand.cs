using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace VectorCluster.Cli;

/// <summary>A command that says in a list of commands what it does, and in its own help how to use it.</summary>
/// <param name="summary">One sentence.</param>
/// <param name="details">What else is worth knowing, and examples.</param>
internal sealed class DetailedCommand(string name, string summary, string details) : Command(name, summary)
{
    public string Details => details;
}

/// <summary>The usual help, and the details below it.</summary>
internal sealed class DetailedHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DetailedCommand command)
            parseResult.InvocationConfiguration.Output.WriteLine(command.Details);
        return exitCode;
    }
}
