using OrleansPool.Simulation.Commands;

namespace OrleansPool.Simulation.Tests.Commands;

public sealed class CommandTableTests
{
    [Fact]
    public void The_first_argument_names_the_command_and_the_rest_are_its_own()
    {
        var echo = new Echo();
        Assert.Equal(7, new CommandTable(echo).Run(["echo", "a", "b"], TextWriter.Null, TextWriter.Null));
        Assert.Equal(["a", "b"], echo.Heard);
    }

    [Theory]
    [InlineData("There is no command 'fly'.", "fly")]
    [InlineData("Which command?")]
    public void Without_a_known_command_the_known_ones_are_listed(string said, params string[] arguments)
    {
        using var errors = new StringWriter();
        Assert.Equal(2, new CommandTable(new Echo()).Run(arguments, TextWriter.Null, errors));
        Assert.Contains(said, errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("  echo WORD...  says the words", errors.ToString(), StringComparison.Ordinal);
    }

    private sealed class Echo : ICommand
    {
        public IReadOnlyList<string> Heard { get; private set; } = [];

        public string Name => "echo";

        public string Arguments => "WORD...";

        public string Summary => "says the words";

        public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
        {
            Heard = arguments;
            return 7;
        }
    }
}
