using System.Globalization;

namespace ProcInterrupt.Cli.Running;

/// <summary>Shows what code displays: text as it is, the rest as files or, without a folder for them, not at all; and says so.</summary>
internal sealed class DisplayView
{
    private readonly RunView view;
    private readonly DisplayFolder? folder;

    /// <param name="view">Where it is shown.</param>
    /// <param name="folder">Where files go, or <see langword="null"/>.</param>
    public DisplayView(RunView view, DisplayFolder? folder)
    {
        this.view = view;
        this.folder = folder;
    }

    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public void Show(uint run, IReadOnlyDictionary<string, string> data)
    {
        // Without a text, JSON is one.
        var readable = data.ContainsKey(DisplayForm.PlainText) ? DisplayForm.PlainText : DisplayForm.Json;
        if (data.TryGetValue(readable, out var text))
        {
            view.ShowLine(text);
        }

        var forms = data.Where(form => form.Key != readable).OrderBy(form => form.Key, StringComparer.Ordinal).Select(form => new DisplayForm(form.Key, form.Value)).ToList();
        if (forms.Count == 0)
        {
            return;
        }

        if (folder is null)
        {
            view.ShowNote($"not shown: {string.Join(", ", forms.Select(Describe))}; --display-dir DIR writes such things to files");
            return;
        }

        foreach (var form in forms)
        {
            try
            {
                view.ShowNote($"{Describe(form)}: {folder.Write(run, form)}");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                view.ShowNote($"not shown: {Describe(form)}; it cannot be written: {refused.Message}");
            }
        }
    }

    private static string Describe(DisplayForm form) => string.Create(CultureInfo.InvariantCulture, $"{form.Type} of {form.Bytes.Length:N0} bytes");
}
