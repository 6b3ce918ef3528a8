using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Options of a command: each a name and a value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads options.</summary>
    /// <returns>False for one that is not known, or has no number where it needs one; the errors say which.</returns>
    public static bool TryParse(IReadOnlyList<string> arguments, string[] names, TextWriter errors, [NotNullWhen(true)] out Options? options)
    {
        options = new Options();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            bool isKnown = names.Contains(arguments[i]);
            bool isText = arguments[i] is "--state" or "--only" or "--mutant";
            if (isKnown && i + 1 < arguments.Count && (isText || double.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out double number) && number >= 0))
            {
                options._values[arguments[i]] = arguments[i + 1];
                continue;
            }

            errors.WriteLine(isKnown ? $"{arguments[i]} needs a number that is not negative." : $"There is no option '{arguments[i]}'. There are: {string.Join(" ", names)}");
            options = null;
            return false;
        }

        return true;
    }

    public long Number(string name, long otherwise) => _values.TryGetValue(name, out string? value) ? (long)double.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public double Real(string name, double otherwise) => _values.TryGetValue(name, out string? value) ? double.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>The shape of a seed's run: what the options leave open is the seed's own, one to three copies with three to seven silos.</summary>
    public SimOptions ShapeOf(ulong seed) =>
        new() { Silos = (int)Number("--silos", 3 + (long)(seed / 3 % 5)), Copies = (int)Number("--copies", 1 + (long)(seed % 3)) };
}
