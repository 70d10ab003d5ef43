using Hfmc.Core;

namespace Hfmc.Commands;

/// <summary>What cannot be undone is asked for first.</summary>
static class Consent
{
    /// <summary>True when the user says yes, by <c>-y</c> or at the prompt.</summary>
    /// <exception cref="InputException">There is nobody to ask.</exception>
    public static bool Given(Session session, bool yes, string question) =>
        yes || (session.Terminal.CanAsk
            ? session.Terminal.Ask(question)
            : throw new InputException($"{question.TrimEnd('?')}: there is no terminal to ask on; add -y to go ahead"));
}
