// What a person is told for each change. To word one differently, or to add one, change this table.

const NOTICES = {
  source: {
    INSERT: ['success', 'New source added'],
    UPDATE: ['info', 'Source updated'],
    DELETE: ['warning', 'Source removed'],
  },
  annotation: {
    INSERT: ['success', 'New annotation'],
    UPDATE: ['info', 'Annotation updated'],
    DELETE: ['warning', 'Annotation removed'],
  },
  member: {
    INSERT: ['success', 'Contributor added'],
    UPDATE: ['info', 'Role updated'],
    DELETE: ['warning', 'Member removed'],
  },
  vault: {
    INSERT: ['success', 'Vault created'],
    UPDATE: ['info', 'Vault updated'],
    DELETE: ['warning', 'Vault removed'],
  },
  file: {
    INSERT: ['success', 'New file'],
    UPDATE: ['info', 'File updated'],
    DELETE: ['warning', 'File removed'],
  },
};

/** The notice for a change: its kind (success, info or warning) and its text. */
export function noticeFor(entity, action) {
  const [kind, text] = NOTICES[entity]?.[action] ?? ['info', `${entity}: ${action.toLowerCase()}`];
  return { kind, text };
}
