-- Gives the roles of infra/postgres/role.sql the passwords that the services log in with. They come from the
-- environment, so that no file and no process list shows them.
\getenv capture_password ROWCAST_CAPTURE_PASSWORD
\getenv reader_password ROWCAST_READER_PASSWORD
alter role rowcast_capture password :'capture_password';
alter role rowcast_reader password :'reader_password';
